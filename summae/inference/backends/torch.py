"""The engine for training checkpoints: any Hugging Face seq2seq model, run by torch.

Slower to start than CTranslate2 by seconds; it is here to try a checkpoint without exporting it,
and to compare an export with its source.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from summae.errors import MissingExtraError, ModelError
from summae.inference.backends.base import Hypothesis
from summae.inference.batching import batches_by_length
from summae.inference.options import DecodingOptions
from summae.text.tokenizer import Tokenizer

if TYPE_CHECKING:
    from torch import Tensor


class TorchBackend:
    """A generator as the training saves it: `config.json` and `model.safetensors`.

    Args:
        path: The checkpoint's folder.
        tokenizer: The checkpoint's own.
        threads: Threads of torch in this process; None leaves torch's choice.

    Raises:
        MissingExtraError: torch or transformers is not installed.
        ModelError: transformers cannot load the folder.
    """

    jobs = 1

    def __init__(self, path: Path, tokenizer: Tokenizer, *, threads: int | None = None) -> None:
        try:
            import torch
            from transformers import AutoModelForSeq2SeqLM
        except ImportError as error:
            raise MissingExtraError("running a training checkpoint", "train") from error
        if threads is not None:
            torch.set_num_threads(threads)
        try:
            self._model: Any = AutoModelForSeq2SeqLM.from_pretrained(
                path, dtype=torch.float32, local_files_only=True
            )
        # safetensors raises an exception of its own when a file was cut short.
        except Exception as error:
            raise ModelError(f"transformers cannot load the checkpoint {path}: {error}") from error
        self._model.eval()
        self._vocabulary = tokenizer.vocabulary

    def generate(
        self,
        sources: Sequence[list[str]],
        prefixes: Sequence[list[str]] | None,
        options: DecodingOptions,
    ) -> list[list[Hypothesis]]:
        """See `Backend.generate`."""
        hypotheses: dict[int, list[Hypothesis]] = {}
        for batch in batches_by_length([len(source) for source in sources], options.batch_size):
            written = self._generate_batch(
                [self._to_ids(sources[position]) for position in batch],
                [[] if prefixes is None else self._to_ids(prefixes[p]) for p in batch],
                options,
            )
            hypotheses.update(zip(batch, written, strict=True))
        return [hypotheses[position] for position in range(len(sources))]

    def _generate_batch(
        self, sources: list[list[int]], prefixes: list[list[int]], options: DecodingOptions
    ) -> list[list[Hypothesis]]:
        import torch

        width = max(map(len, sources))
        document_ids = torch.tensor(
            [source + [Tokenizer.pad_id] * (width - len(source)) for source in sources]
        )  # (B, S)
        document_mask = torch.tensor(
            [[1] * len(source) + [0] * (width - len(source)) for source in sources]
        )  # (B, S)
        candidates = options.beam_size
        openings = torch.tensor([[Tokenizer.bos_id, *prefix] for prefix in prefixes])  # (B, P)
        with torch.inference_mode():
            written = self._model.generate(
                input_ids=document_ids,
                attention_mask=document_mask,
                decoder_input_ids=openings,
                num_beams=options.beam_size,
                num_return_sequences=candidates,
                do_sample=False,
                length_penalty=options.length_penalty,
                no_repeat_ngram_size=options.no_repeat_ngram_size,
                repetition_penalty=options.repetition_penalty,
                # The begin token is counted here. CTranslate2 never ends before the first token.
                min_length=2,
                max_length=options.max_target_tokens + 1,
                suppress_tokens=[Tokenizer.unk_id],
                pad_token_id=Tokenizer.pad_id,
                eos_token_id=Tokenizer.eos_id,
            )  # (B * candidates, T), begin token and prefix first
            scores = self._mean_log_probs(
                document_ids.repeat_interleave(candidates, dim=0),
                document_mask.repeat_interleave(candidates, dim=0),
                written,
                openings.shape[1],
            )
        pieces = self._vocabulary.pieces
        hypotheses = [
            Hypothesis(
                [pieces[i] for i in row if i not in (Tokenizer.pad_id, Tokenizer.eos_id)],
                score,
            )
            for row, score in zip(
                written[:, openings.shape[1] :].tolist(), scores.tolist(), strict=True
            )
        ]
        return [
            hypotheses[first : first + candidates]
            for first in range(0, len(hypotheses), candidates)
        ]

    def _mean_log_probs(
        self, document_ids: Tensor, document_mask: Tensor, written: Tensor, prefix_length: int
    ) -> Tensor:
        """Mean over the written tokens after the prefix, (B,).

        Scored in a pass of its own, because generate() reports scores after penalties.
        """
        logits = self._model(
            input_ids=document_ids,
            attention_mask=document_mask,
            decoder_input_ids=written[:, :-1],
        ).logits  # (B, T-1, V)
        targets = written[:, 1:]  # (B, T-1)
        log_probs = logits.log_softmax(-1).gather(-1, targets.unsqueeze(-1)).squeeze(-1)
        # generate() may pad with end tokens: only the first of them was written.
        is_end = targets == Tokenizer.eos_id
        mask = is_end.cumsum(1) - is_end.long() == 0
        mask[:, : prefix_length - 1] = False
        total: Tensor = log_probs.masked_fill(~mask, 0.0).sum(1)
        return total / mask.sum(1).clamp(min=1)

    def _to_ids(self, pieces: list[str]) -> list[int]:
        return [self._vocabulary.ids[piece] for piece in pieces]
