namespace IotTelemetry.Cloud.Commands;

/// <summary>Why the cloud itself ended a command, beside the codes of SPECIFICATION.md, section 7.4, that it shares with the gateways.</summary>
internal static class CloudCode
{
    /// <summary>The gateway did not say what became of it. An output may have moved: its points tell.</summary>
    public const string NoAnswer = "no_answer";

    /// <summary>Its gateway is not connected; it is sent when the gateway is back.</summary>
    public const string GatewayAway = "gateway_away";

    /// <summary>The message was lost on the way, as the gateway has said; it is sent anew.</summary>
    public const string NotReceived = "not_received";

    /// <summary>A person took it back.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>The bulk it belongs to was stopped.</summary>
    public const string BulkStopped = "bulk_stopped";
}
