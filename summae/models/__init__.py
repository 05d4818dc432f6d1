"""The networks: tensors in, named outputs out; no loss, no data, no tokenizer."""
