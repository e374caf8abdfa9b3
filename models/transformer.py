"""A decoder-only transformer on characters, and its fine-tuning by low-rank updates (LoRA)."""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional

from models.training import Training, next_token_loss, seeded, tokens

# Symbols of the text that `models/data/text.py` makes.
VOCABULARY = 32


class Attention(nn.Module):
    """Causal attention with several heads: [batch, length, width] to the same."""

    def __init__(self, width: int, heads: int, length: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width, bias=False)
        self.key = nn.Linear(width, width, bias=False)
        self.value = nn.Linear(width, width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        later = torch.ones(length, length).triu(1)
        # Large enough that exp() of what it is added to is zero in any precision used here.
        self.register_buffer("mask", later * -30.0, persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Attend to what came before."""
        batch, length, width = x.shape
        split = (batch, length, self.heads, width // self.heads)
        query, key, value = (
            layer(x).reshape(split).transpose(1, 2) for layer in (self.query, self.key, self.value)
        )
        scores = query @ key.transpose(2, 3) / math.sqrt(split[3]) + self.mask
        mixed = functional.softmax(scores, -1) @ value
        return self.out(mixed.transpose(1, 2).reshape(batch, length, width))


class Block(nn.Module):
    """Attention and a perceptron, each behind a layer normalisation and beside a shortcut."""

    def __init__(self, width: int, heads: int, length: int) -> None:
        super().__init__()
        self.before_attention = nn.LayerNorm(width)
        self.attention = Attention(width, heads, length)
        self.before_perceptron = nn.LayerNorm(width)
        self.perceptron = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """One block; the shape stays."""
        x = x + self.attention(self.before_attention(x))
        return x + self.perceptron(self.before_perceptron(x))


class Transformer(nn.Module):
    """Token numbers [batch, length] to logits [batch, length, vocabulary]."""

    def __init__(self, vocabulary: int, width: int, heads: int, layers: int, length: int) -> None:
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.places = nn.Parameter(0.02 * torch.randn(length, width))
        self.blocks = nn.Sequential(*(Block(width, heads, length) for _ in range(layers)))
        self.last = nn.LayerNorm(width)
        self.out = nn.Linear(width, vocabulary)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits of the tokens that follow."""
        return self.out(self.last(self.blocks(self.tokens(x) + self.places)))


class LowRank(nn.Module):
    """A frozen dense layer and a trained product of two thin matrices beside it (LoRA)."""

    def __init__(self, frozen: nn.Linear, rank: int) -> None:
        super().__init__()
        self.frozen = frozen
        self.down = nn.Parameter(torch.randn(frozen.in_features, rank) / frozen.in_features**0.5)
        # Zero, so that training starts from the frozen layer.
        self.up = nn.Parameter(torch.zeros(rank, frozen.out_features))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Both, summed."""
        return self.frozen(x) + x @ self.down @ self.up


def characters() -> Training:
    """Two layers of width 64 on 64 characters of Moby-Dick, B = 8, Adam: 107,808 parameters."""
    model = _transformer(64, 4, 2, 64)
    optimizer = torch.optim.Adam(model.parameters(), lr=2**-10)
    return model, next_token_loss, optimizer, tokens(8, 64, VOCABULARY)


def characters_small() -> Training:
    """One layer of width 16 on 8 characters, B = 2, Adam."""
    model = _transformer(16, 2, 1, 8)
    optimizer = torch.optim.Adam(model.parameters(), lr=2**-8)
    return model, next_token_loss, optimizer, tokens(2, 8, VOCABULARY)


def characters_sgd() -> Training:
    """As `characters`, with momentum in place of Adam."""
    model = _transformer(64, 4, 2, 64)
    optimizer = torch.optim.SGD(model.parameters(), lr=2**-4, momentum=0.9)
    return model, next_token_loss, optimizer, tokens(8, 64, VOCABULARY)


def characters_sgd_small() -> Training:
    """As `characters_small`, with momentum in place of Adam."""
    model = _transformer(16, 2, 1, 8)
    optimizer = torch.optim.SGD(model.parameters(), lr=2**-4, momentum=0.9)
    return model, next_token_loss, optimizer, tokens(2, 8, VOCABULARY)


def lora() -> Training:
    """A frozen block of width 64, with rank 4 beside queries and values, B = 8, AdamW."""
    return _lora(width=64, heads=4, length=64, rank=4, batch=8)


def lora_small() -> Training:
    """A frozen block of width 16, with rank 2 beside queries and values, B = 2, AdamW."""
    return _lora(width=16, heads=2, length=8, rank=2, batch=2)


def _transformer(width: int, heads: int, layers: int, length: int) -> Transformer:
    with seeded():
        return Transformer(VOCABULARY, width, heads, layers, length)


def _lora(*, width: int, heads: int, length: int, rank: int, batch: int) -> Training:
    with seeded():
        model = Transformer(VOCABULARY, width, heads, 1, length).requires_grad_(requires_grad=False)
        attention = model.blocks[0].attention
        attention.query = LowRank(attention.query, rank)
        attention.value = LowRank(attention.value, rank)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=2**-8, weight_decay=0.01)
    return model, next_token_loss, optimizer, tokens(batch, length, VOCABULARY)
