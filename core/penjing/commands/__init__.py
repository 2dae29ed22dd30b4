"""The commands of `penjing`, a few a file. Each imports torch only when it is carried out."""
