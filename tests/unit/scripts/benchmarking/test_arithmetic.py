"""Work is counted as the report says."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from benchmarking.arithmetic import flops, peak


def test_work_is_counted_by_the_formula() -> None:
    # 15 weights, 2 * 4 positions: 2 * 15 * 8 = 240 forward, as much for each gradient.
    layer, inputs = torch.nn.Linear(3, 5), torch.ones(2, 4, 3, requires_grad=True)
    assert flops(layer, layer(inputs)) == 720
    layer.requires_grad_(False)
    assert flops(layer, layer(inputs)) == 480
    with torch.no_grad():
        assert flops(layer, layer(inputs)) == 240
    assert flops(torch.nn.Embedding(7, 3), torch.ones(2, 4, 3)) == 0


@pytest.mark.parametrize(
    ("name", "precision", "expected"),
    [
        # TFLOP/s of the maker's tables; the longer name is the other card.
        ("NVIDIA H100 PCIe", "bf16", 756e12),
        ("NVIDIA H100 80GB HBM3", "bf16", 989e12),
        ("NVIDIA A100-SXM4-80GB", "no", 19.5e12),
        ("NVIDIA L40S", "fp16", 362e12),
        ("NVIDIA L4", "fp16", 121e12),
        ("NVIDIA L40", "fp16", 181e12),
        ("NVIDIA A10G", "fp16", None),
        ("unheard of", "bf16", None),
    ],
)
def test_the_peak_is_that_of_the_card(
    name: str, precision: str, expected: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: name)
    assert peak(torch.device("cuda"), precision) == expected


def test_a_cpu_has_no_peak() -> None:
    assert peak(torch.device("cpu"), "bf16") is None
