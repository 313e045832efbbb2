"""The rest of the bill: prices of what is kept, noted and asked while nothing comes; us-east-1.

Source tags as in `facts`. Free tiers are left out: an account has used them up elsewhere.
"""

from decimal import Decimal

from lab.plan.facts import Fact

PHOTO = Fact(2.0, "MB", "A", "2026-11-23", "a photo as the exercise counts it; measure yours")
LEDGER_ITEM = Fact(200, "bytes", "A", "2026-11-28", "a receipt in the ledger, of 1 KB at most")
IMAGE_ITEM = Fact(200, "bytes", "A", "2026-11-28", "the note of its image, kept as long")
LOG_BYTES = Fact(1000, "bytes", "A", "2026-11-28", "a receipt's log; 600 were counted once")

OBJECT_MONTH = Fact(Decimal("0.023"), "USD/GB", "W", "2026-03", "a month of S3 Standard")
COLD_MONTH = Fact(Decimal("0.004"), "USD/GB", "W", "2026-03", "S3 Glacier Instant Retrieval")
COLD_READ = Fact(Decimal("0.03"), "USD/GB", "W", "2026-03", "read back from there")
COLD_LEAST = Fact(90, "days", "W", "2026-03", "paid for at least, in Glacier Instant Retrieval")
COLD_MOVE = Fact(
    Decimal("0.00002"), "USD", "U", "2026-11-28", "an object's move there, $0.02/k, from memory"
)
OBJECT_GET = Fact(Decimal("0.0000004"), "USD", "U", "2026-11-28", "an S3 GET, $0.0004/k")
TABLE_WRITE = Fact(
    Decimal("0.000000625"), "USD", "W", "2025-07-21", "a DynamoDB write of 1 KB, on demand"
)
TABLE_READ = Fact(
    Decimal("0.000000125"), "USD", "W", "2025-07-21", "a DynamoDB read of 4 KB, on demand"
)
TABLE_MONTH = Fact(Decimal("0.25"), "USD/GB", "D", "2026-11-28", "a month in a DynamoDB table")
BACKUP_MONTH = Fact(
    Decimal("0.20"), "USD/GB", "U", "2026-11-28", "a month of point-in-time recovery"
)
LOG_INGESTED = Fact(Decimal("0.50"), "USD/GB", "W", "2026-06-13", "logs taken in by CloudWatch")
ALARM_MONTH = Fact(Decimal("0.10"), "USD", "U", "2026-11-28", "an alarm, each metric it watches")
METRIC_MONTH = Fact(Decimal("0.30"), "USD", "W", "2026-02-15", "a metric of one's own")
DASHBOARD_MONTH = Fact(Decimal(3), "USD", "W", "2026-06-13", "a dashboard; three are free")
KEY_MONTH = Fact(Decimal(1), "USD", "W", "2026-03-15", "a KMS key of one's own")
KEY_CALL = Fact(Decimal("0.000003"), "USD", "W", "2026-03-15", "a call of KMS, $0.03/10k")
