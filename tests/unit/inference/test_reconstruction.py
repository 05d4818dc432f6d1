"""A model folder may have a reconstructor, which reads documents back from summaries without torch."""

from __future__ import annotations

from pathlib import Path

import pytest

from summae import Summarizer
from summae.errors import ModelError
from summae.inference.reconstruction import open_reconstructor
from summae.text.tokenizer import Tokenizer


@pytest.fixture(scope="module")
def with_reconstructor(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from summae.inference.export import export

    folder = tmp_path_factory.mktemp("models") / "whole"
    # Any seq2seq model over the same pieces can read back, well or not.
    export(tiny_checkpoint, folder, quantization="float32", reconstructor=tiny_checkpoint)
    return folder


def test_a_folder_without_one_has_none(tiny_runtime: Path) -> None:
    assert open_reconstructor(tiny_runtime, Tokenizer.from_dir(tiny_runtime)) is None
    assert Summarizer.from_pretrained(tiny_runtime).reconstructor is None


def test_it_reads_back_and_shows_it(with_reconstructor: Path, news: tuple[str, ...]) -> None:
    summarizer = Summarizer.from_pretrained(with_reconstructor)
    told = summarizer.explain(news[0])
    assert told.reconstruction is not None
    assert summarizer.reconstructor is not None
    assert summarizer.reconstructor.read_back([told.summary.text]) == [told.reconstruction]
    assert f"read back from it\n  {told.reconstruction}" in str(told)


def test_its_files_are_checked_with_the_models(with_reconstructor: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(with_reconstructor, copy)
    (copy / "reconstructor" / "model.bin").write_bytes(b"")
    with pytest.raises(ModelError, match="reconstructor/model.bin"):
        Summarizer.from_pretrained(copy)


def test_likelihoods_are_of_the_document_given_the_summary(
    with_reconstructor: Path, news: tuple[str, ...], tiny_checkpoint: Path
) -> None:
    """Parity with torch: the mean over the document's tokens, its end not counted."""
    torch = pytest.importorskip("torch")
    from transformers import AutoModelForSeq2SeqLM

    tokenizer = Tokenizer.from_dir(with_reconstructor)
    reconstructor = open_reconstructor(with_reconstructor, tokenizer)
    assert reconstructor is not None
    (found,) = reconstructor.log_probs([news[1][:12]], [news[0][:20]])
    model = AutoModelForSeq2SeqLM.from_pretrained(tiny_checkpoint, dtype=torch.float32).eval()
    source = torch.tensor([[*tokenizer.encode(news[1][:12]), tokenizer.eos_id]])
    target = torch.tensor([tokenizer.encode(news[0][:20])])
    begun = torch.cat([torch.tensor([[tokenizer.bos_id]]), target[:, :-1]], dim=1)
    with torch.inference_mode():
        logits = model(input_ids=source, decoder_input_ids=begun).logits
    expected = logits.log_softmax(-1).gather(-1, target[..., None]).mean()
    assert found == pytest.approx(float(expected), abs=1e-3)
