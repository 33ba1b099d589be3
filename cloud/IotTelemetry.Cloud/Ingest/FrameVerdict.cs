namespace IotTelemetry.Cloud.Ingest;

/// <summary>What a frame is, by its place in its epoch.</summary>
internal enum FrameVerdict
{
    /// <summary>The next one: it is taken.</summary>
    New,

    /// <summary>It came before, byte for byte: it is dropped and confirmed.</summary>
    Repeat,

    /// <summary>Another one with its number came before: the outbox was restored from a copy. It is kept in <c>rejects</c>, and the gateway must begin a new epoch.</summary>
    Contradiction,

    /// <summary>Its gateway had said that it will never come, and later ones were taken: a broker handed it on late. It is kept in <c>rejects</c>.</summary>
    GivenUp,

    /// <summary>One before it is missing: it is left with its gateway, which sends again from the cursor.</summary>
    Ahead,
}
