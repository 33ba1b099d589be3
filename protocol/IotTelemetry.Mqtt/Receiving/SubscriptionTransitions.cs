namespace IotTelemetry.Mqtt;

/// <summary>The life of a subscription as a table.</summary>
internal static class SubscriptionTransitions
{
    public static bool IsAllowed(SubscriptionState from, SubscriptionState to) => (from, to) switch
    {
        (SubscriptionState.Unmade, SubscriptionState.Requested) => true,
        (SubscriptionState.Requested, SubscriptionState.Made or SubscriptionState.Refused) => true,
        (SubscriptionState.Requested, SubscriptionState.Unmade) => true, // the connection ended before the answer
        (SubscriptionState.Made or SubscriptionState.Refused, SubscriptionState.Unmade) => true, // the server lost the session
        (SubscriptionState.Ending, SubscriptionState.Ended) => true,
        (SubscriptionState.Ending or SubscriptionState.Ended, _) => false,
        (_, SubscriptionState.Ending or SubscriptionState.Ended) => true,
        _ => false,
    };
}
