"""Tune the last layers of the embedding and the heads on it: torch, on one thread.

The layers below stay as they are, so their output is computed once.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import attrs
import numpy as np
import torch
from rows import HEADS, Row
from torch import Tensor, nn
from torch.nn import functional

from handrail_embedding._onnx import tensors

TUNED = 2
"""Layers that are tuned, from the top; six in all."""

TOKENS = 64
"""Tokens of a text that are trained on."""

MATRICES = ("query", "key", "value", "attended", "inner", "outer")
"""The matrices of a layer, in the order in which the file stores them."""

Arrays: TypeAlias = dict[str, np.ndarray[Any, Any]]


def stored(model: bytes) -> Arrays:
    """Every tensor of an ONNX file, as it is stored."""
    return {
        name: np.frombuffer(model[t.start : t.end], t.type).reshape(t.shape).copy()
        for name, t in tensors(model).items()
    }


def matrix_names(arrays: Arrays) -> list[str]:
    """The names of the matrices of all layers, in order: ``val_49`` for ``val_49_q``."""
    found = [name[:-2] for name in arrays if re.fullmatch(r"val_\d+_q", name)]
    return sorted(found, key=lambda name: int(name.removeprefix("val_")))


class Layer(nn.Module):
    """One layer of the transformer; its weights carry the names that the file gives them."""

    def __init__(self, arrays: Arrays, number: int) -> None:
        super().__init__()
        names = matrix_names(arrays)[number * 6 : number * 6 + 6]
        at = f"inner.encoder.layer.{number}."
        self.matrices = dict(zip(MATRICES, names, strict=True))
        self.places = {
            "query_bias": f"{at}attention.self.query.bias",
            "key_bias": f"{at}attention.self.key.bias",
            "value_bias": f"{at}attention.self.value.bias",
            "attended_bias": f"{at}attention.output.dense.bias",
            "inner_bias": f"{at}intermediate.dense.bias",
            "outer_bias": f"{at}output.dense.bias",
            "norm": f"{at}attention.output.LayerNorm.weight",
            "norm_bias": f"{at}attention.output.LayerNorm.bias",
            "last": f"{at}output.LayerNorm.weight",
            "last_bias": f"{at}output.LayerNorm.bias",
        }
        for ours, theirs in self.matrices.items():
            weight = arrays[f"{theirs}_q"].astype(np.float32) * arrays[f"{theirs}_scale"]
            setattr(self, ours, nn.Parameter(torch.tensor(weight)))
        for ours, theirs in self.places.items():
            setattr(self, ours, nn.Parameter(torch.tensor(arrays[theirs])))

    def _through(self, x: Tensor, name: str) -> Tensor:
        return torch.addmm(
            getattr(self, f"{name}_bias"), x.reshape(-1, x.shape[-1]), getattr(self, name)
        ).view(*x.shape[:-1], -1)

    def forward(self, x: Tensor, mask: Tensor, drop: float) -> Tensor:
        """The layer over a batch; *mask* is False where there is no token."""
        rows, length, width = x.shape
        query, key, value = (
            self._through(x, name).view(rows, length, 12, 32).transpose(1, 2)
            for name in ("query", "key", "value")
        )
        seen = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=mask[:, None, None], dropout_p=drop
        )
        seen = seen.transpose(1, 2).reshape(rows, length, width)
        seen = functional.dropout(self._through(seen, "attended"), drop, drop > 0)
        x = functional.layer_norm(x + seen, (width,), self.norm, self.norm_bias, 1e-12)
        inner = functional.gelu(self._through(x, "inner"))
        outer = functional.dropout(self._through(inner, "outer"), drop, drop > 0)
        return functional.layer_norm(x + outer, (width,), self.last, self.last_bias, 1e-12)

    def arrays(self) -> Arrays:
        """The tensors in the form in which the file stores them: eight bits, a scale a column."""
        found: Arrays = {}
        for ours, theirs in self.matrices.items():
            weight = getattr(self, ours).detach().numpy()
            scale = np.maximum(np.abs(weight).max(axis=0, keepdims=True), 1e-8) / 127
            found[f"{theirs}_q"] = np.clip(np.round(weight / scale), -127, 127).astype(np.int8)
            found[f"{theirs}_scale"] = scale.astype(np.float32)
        for ours, theirs in self.places.items():
            found[theirs] = getattr(self, ours).detach().numpy().astype(np.float32)
        return found


def embedded(arrays: Arrays, ids: Tensor) -> Tensor:
    """What the first layer gets: words, places and kinds, added and normed."""
    at = "inner.embeddings."
    words, places = (
        torch.tensor(arrays[f"{at}{n}_embeddings.weight_q"]) for n in ("word", "position")
    )
    word_scale, place_scale = (
        torch.tensor(arrays[f"{at}{n}_embeddings.weight_scale"]) for n in ("word", "position")
    )
    length = ids.shape[1]
    x = words[ids].float() * word_scale[ids] + places[:length].float() * place_scale[:length]
    x = x + torch.tensor(arrays[f"{at}token_type_embeddings.weight"][0])
    norm, bias = (torch.tensor(arrays[f"{at}LayerNorm.{n}"]) for n in ("weight", "bias"))
    return functional.layer_norm(x, (x.shape[-1],), norm, bias, 1e-12)


def padded(ids: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Token ids of a batch, and where there are any."""
    length = max(map(len, ids))
    full = torch.zeros(len(ids), length, dtype=torch.long)
    mask = torch.zeros(len(ids), length, dtype=torch.bool)
    for row, some in enumerate(ids):
        full[row, : len(some)] = torch.tensor(some)
        mask[row, : len(some)] = True
    return full, mask


def pooled(x: Tensor, mask: Tensor) -> Tensor:
    """The mean over the tokens that there are."""
    weight = mask[..., None].float()
    return (x * weight).sum(1) / weight.sum(1)


def batches(sizes: Sequence[int], size: int, draw: random.Random | None) -> Iterator[list[int]]:
    """Rows of like length together; in any order where *draw* is given."""
    order = list(range(len(sizes)))
    if draw:
        draw.shuffle(order)
        order.sort(key=lambda n: sizes[n] // 4)
    else:
        order.sort(key=sizes.__getitem__)
    found = [order[at : at + size] for at in range(0, len(order), size)]
    if draw:
        draw.shuffle(found)
    yield from found


@attrs.define(eq=False)
class Tuner:
    """The layers below, computed once for all rows, and those above with their heads, to learn."""

    arrays: Arrays
    seed: int = 1
    layers: nn.ModuleList = attrs.field(init=False)
    heads: nn.Linear = attrs.field(init=False)
    below: list[Tensor] = attrs.field(init=False, factory=list)

    def __attrs_post_init__(self) -> None:
        torch.manual_seed(self.seed)
        self.layers = nn.ModuleList(Layer(self.arrays, n) for n in range(6 - TUNED, 6))
        self.heads = nn.Linear(384, len(HEADS))

    @torch.no_grad()
    def start(self, heads: Arrays) -> None:
        """Begin with heads that are there."""
        self.heads.weight.copy_(torch.tensor(heads["weight"]))
        self.heads.bias.copy_(torch.tensor(heads["bias"]))

    @torch.no_grad()
    def read(self, ids: Sequence[Sequence[int]]) -> None:
        """Compute what the layers below make of each text."""
        lower = [Layer(self.arrays, n) for n in range(6 - TUNED)]
        found: dict[int, Tensor] = {}
        for batch in batches([len(i) for i in ids], 64, None):
            full, mask = padded([ids[n] for n in batch])
            x = embedded(self.arrays, full)
            for layer in lower:
                x = layer(x, mask, 0.0)
            for row, n in enumerate(batch):
                found[n] = x[row, : len(ids[n])].half().clone()
        self.below = [found[n] for n in range(len(ids))]

    def _logits(self, batch: list[int], drop: float) -> Tensor:
        x = nn.utils.rnn.pad_sequence([self.below[n].float() for n in batch], batch_first=True)
        lengths = torch.tensor([len(self.below[n]) for n in batch])
        mask = torch.arange(x.shape[1])[None] < lengths[:, None]
        for layer in self.layers:
            x = layer(x, mask, drop)
        return self.heads(functional.dropout(pooled(x, mask), drop, drop > 0))

    def learn(
        self, rows: Sequence[Row], places: Sequence[int], epochs: int, rate: float = 2e-4
    ) -> None:
        """Tune on the rows at *places*; a label that a row does not have costs nothing."""
        truth = torch.tensor([[r.labels.get(h, -1) for h in HEADS] for r in rows]).float()
        sizes = [len(self.below[n]) for n in places]
        quick = torch.optim.AdamW(
            [
                {"params": self.layers.parameters(), "lr": rate},
                {"params": self.heads.parameters(), "lr": 10 * rate},
            ],
            weight_decay=0.01,
        )
        steps = epochs * -(-len(places) // 48)
        plan = torch.optim.lr_scheduler.LambdaLR(
            quick, lambda step: min((step + 1) / (0.06 * steps), 1.02 - step / steps)
        )
        draw, start = random.Random(self.seed), time.monotonic()
        for epoch in range(epochs):
            total = 0.0
            for batch in batches(sizes, 48, draw):
                chosen = [places[n] for n in batch]
                known = truth[chosen]
                cost = functional.binary_cross_entropy_with_logits(
                    self._logits(chosen, 0.1), known.clamp(min=0), reduction="none"
                )
                loss = (cost * (known >= 0)).sum() / len(batch)
                quick.zero_grad()
                loss.backward()
                quick.step()
                plan.step()
                total += float(loss.detach()) * len(batch)
            print(
                f"epoch {epoch + 1}: {total / len(places):.4f}, {time.monotonic() - start:.0f} s",
                flush=True,
            )

    @torch.no_grad()
    def logits(self, places: Sequence[int]) -> np.ndarray[Any, Any]:
        """What the heads say of rows."""
        found = np.zeros((len(places), len(HEADS)), np.float32)
        for batch in batches([len(self.below[n]) for n in places], 64, None):
            found[batch] = self._logits([places[n] for n in batch], 0.0).numpy()
        return found

    def tuned(self) -> Arrays:
        """The tensors of the tuned layers, as the file stores them."""
        found: Arrays = {}
        for layer in self.layers:
            found |= layer.arrays()
        return found
