"""What is kept: bytes in S3, state and audit in DynamoDB, credentials in Secrets Manager."""
