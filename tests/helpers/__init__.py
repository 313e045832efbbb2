"""What tests share: fakes of the ports, the deployed stack on moto, rules, builders of inputs."""
