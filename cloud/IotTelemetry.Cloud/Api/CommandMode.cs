namespace IotTelemetry.Cloud.Api;

/// <summary>How a command is brought to its gateway.</summary>
internal enum CommandMode
{
    /// <summary>One message does all.</summary>
    Direct,

    /// <summary>The point is selected, then operated.</summary>
    Select,
}
