namespace IotTelemetry.ClickHouse.Native;

/// <summary>Bytes that are not ClickHouse's Native format, end too early, or hold a type that this reader does not know.</summary>
public sealed class NativeFormatException(string message) : FormatException(message);
