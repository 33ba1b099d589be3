namespace IotTelemetry.Protocol;

/// <summary>Whether an encoder tries Brotli.</summary>
public enum FrameCompression : byte
{
    /// <summary>Never: the columns are compact already. Allocates nothing.</summary>
    None,

    /// <summary>Tries it on every frame and keeps what is smaller; for frames with much text, or where bytes cost more than processor time.</summary>
    WhenSmaller,
}
