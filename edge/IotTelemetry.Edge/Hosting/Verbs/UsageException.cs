namespace IotTelemetry.Edge.Hosting.Verbs;

/// <summary>The command line cannot be understood; the message says what is wrong and what is allowed.</summary>
internal sealed class UsageException(string message) : Exception(message);
