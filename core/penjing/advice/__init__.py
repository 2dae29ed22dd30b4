"""Facts + rules + device -> recommendation with its reasons. No torch.

`advise.advise` is the whole: it measures the facts (`facts`, `needs`), evaluates the rules (`rules`) and
makes a plan (`plan`). The rules and the device profiles are data in `penjing_resources`.
"""
