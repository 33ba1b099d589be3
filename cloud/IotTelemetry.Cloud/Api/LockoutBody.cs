using System.ComponentModel;

namespace IotTelemetry.Cloud.Api;

/// <summary>What a client sends to keep an asset from being switched.</summary>
internal sealed record LockoutBody
{
    [Description("Why; at most 256 characters. Operators at the gateway see it.")]
    public required string Reason { get; init; }

    [Description("From when on it holds no more, Unix milliseconds; left out, it holds until it is lifted.")]
    public long? UntilMs { get; init; }
}
