namespace IotTelemetry.Broker.Routing;

/// <summary>What stands at a filter in the subscription tree: one session's <see cref="Subscription"/>, or a <see cref="SharedGroup"/>.</summary>
internal abstract class Subscriber;
