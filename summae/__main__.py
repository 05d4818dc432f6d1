"""`python -m summae` is the command `summae`, so that launchers such as accelerate can start it."""

from summae.cli.main import main

raise SystemExit(main())
