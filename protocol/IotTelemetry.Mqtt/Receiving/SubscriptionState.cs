namespace IotTelemetry.Mqtt;

/// <summary>What the server knows of a subscription.</summary>
internal enum SubscriptionState
{
    /// <summary>Nothing; SUBSCRIBE is to be sent.</summary>
    Unmade,

    /// <summary>SUBSCRIBE is sent.</summary>
    Requested,

    /// <summary>Accepted.</summary>
    Made,

    /// <summary>Refused; tried again when the server has lost the session.</summary>
    Refused,

    /// <summary>To be taken back; UNSUBSCRIBE is to be sent or sent.</summary>
    Ending,

    /// <summary>Over.</summary>
    Ended,
}
