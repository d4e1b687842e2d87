"""How a service lives: settings, logs, health, Kafka and MongoDB. Knows no service and no rule."""
