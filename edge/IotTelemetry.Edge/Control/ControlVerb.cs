namespace IotTelemetry.Edge.Control;

/// <summary>Answers one request over the control socket; when the task completes the connection is closed.</summary>
/// <param name="request">What is asked.</param>
/// <param name="peer">Who asks.</param>
/// <param name="reply">Where the answers go.</param>
/// <param name="stopping">Cancelled when the agent stops.</param>
internal delegate Task ControlVerb(ControlRequest request, ControlPeer peer, ControlReply reply, CancellationToken stopping);
