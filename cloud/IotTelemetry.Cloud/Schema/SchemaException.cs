namespace IotTelemetry.Cloud.Schema;

/// <summary>The database's schema is not one this program may run on.</summary>
internal sealed class SchemaException(string message) : Exception(message);
