namespace IotTelemetry.Broker.Routing;

/// <summary>Receives what a topic matches. Implemented by structs, so that a match neither allocates nor calls through an interface.</summary>
internal interface ITopicVisitor<T>
{
    /// <summary>The items of one matching filter. Called under the tree's read lock: copy what is needed, call nothing.</summary>
    void Visit(ReadOnlySpan<T> items);
}
