using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Gateways;

/// <summary>
/// Takes one message, in the order of its gateway. Until the task completes nothing more is read from the same source: a slow taker holds its senders back. The delivery's memory is free
/// when the task completes; its confirmation may come later, and exactly once, or never: then the sender sends again.
/// </summary>
/// <param name="delivery">The message.</param>
/// <param name="gone">Cancelled when its sender cannot be told any more; the message then comes again.</param>
internal delegate ValueTask GatewayMessageHandler(Delivery delivery, CancellationToken gone);
