"""One template for each service that could stand between the stages, with its functions."""
