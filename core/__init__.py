"""The science of worldscope: worlds, models, training and evaluation. Knows no screen."""
