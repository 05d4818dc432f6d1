"""What is wanted of a model: tensors in, a loss and its named parts out."""
