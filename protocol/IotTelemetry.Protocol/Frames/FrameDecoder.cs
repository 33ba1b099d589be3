namespace IotTelemetry.Protocol;

/// <summary>Decodes frames into columns. Keeps its working memory from frame to frame and allocates nothing once it has grown. Not thread-safe.</summary>
public sealed class FrameDecoder
{
    /// <summary>Decodes a frame.</summary>
    /// <param name="frame">The whole frame as it came.</param>
    /// <param name="birth">The birth that the frame's header names.</param>
    /// <param name="columns">Filled with the readings; after an exception its <see cref="FrameColumns.Count"/> is 0.</param>
    /// <exception cref="FrameFormatException">The frame is refused; the reason and the message say why.</exception>
    public void Decode(ReadOnlySpan<byte> frame, Birth birth, FrameColumns columns) => throw new NotImplementedException();
}
