using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Batches;

/// <summary>What is due to one sender once its batch is stored.</summary>
/// <param name="Gateway">Whose message it is; null when the topic named none.</param>
/// <param name="Frame">The frame that the cursor passes; null for a birth, a repeat, a frame whose number is taken, or bytes that are no frame.</param>
/// <param name="Refused">What the cursor says of it, when it was refused.</param>
/// <param name="Confirmation">Who is told.</param>
/// <param name="Reason">What is told.</param>
internal readonly record struct Settlement(
    GatewaySession? Gateway,
    FrameFacts? Frame,
    RefusedFrame? Refused,
    Confirmation Confirmation,
    MqttReasonCode Reason);
