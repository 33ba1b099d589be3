using System.Text.Json;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Ingest;

/// <summary>A refusal in the words of the protocol (SPECIFICATION.md, section 8) and as an MQTT reason code.</summary>
internal static class ReasonName
{
    private static readonly string[] Names = [.. Enum.GetValues<RefusalReason>().Select(r => JsonSerializer.Serialize(r).Trim('"'))];

    /// <summary>The name in JSON messages and in the column <c>rejects.reason</c>, e.g. <c>unknown_version</c>.</summary>
    public static string Of(RefusalReason reason) => Names[(int)reason];

    /// <summary>The reason code of the PUBACK. Those of MQTT 5.0 section 3.4.2.1 that fit: the rest of the detail is in the cursor.</summary>
    public static MqttReasonCode CodeOf(RefusalReason reason) => reason switch
    {
        RefusalReason.Forbidden => MqttReasonCode.NotAuthorized,
        RefusalReason.Limit => MqttReasonCode.QuotaExceeded,
        _ => MqttReasonCode.PayloadFormatInvalid,
    };
}
