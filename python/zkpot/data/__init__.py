"""Reading datasets: .npz, .safetensors and folders of IDX files."""

from zkpot.data.dataset import Dataset
from zkpot.data.read import Split, read_dataset

__all__ = ["Dataset", "Split", "read_dataset"]
