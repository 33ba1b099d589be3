using System.Buffers;

namespace IotTelemetry.Protocol;

/// <summary>
/// Gathers readings and encodes them as a frame. Keeps its working memory from frame to frame and allocates nothing once it has grown (without Brotli). Not thread-safe.
/// Points are given by alias, which is their index in <see cref="Birth.Points"/>.
/// </summary>
public sealed class FrameEncoder
{
    /// <summary>An encoder for readings of the points of <paramref name="birth"/>.</summary>
    public FrameEncoder(Birth birth, FrameCompression compression = FrameCompression.None)
    {
        ArgumentNullException.ThrowIfNull(birth);
        Birth = birth;
        Compression = compression;
    }

    /// <summary>The birth whose points are encoded.</summary>
    public Birth Birth { get; }

    /// <summary>Whether Brotli is tried.</summary>
    public FrameCompression Compression { get; }

    /// <summary>How many readings are gathered.</summary>
    public int Count { get; private set; }

    /// <summary>Whether another reading may not fit: the frame has to be completed first.</summary>
    public bool IsFull => Count >= FrameLimits.Readings;

    /// <summary>The time of the first reading gathered, in Unix milliseconds; 0 when there is none.</summary>
    public long FirstTimestampMs { get; private set; }

    /// <summary>
    /// Adds a reading of a point that is not text. A boolean is true when not 0. A value that the point's type cannot hold (NaN or infinite for all but floats, or beyond ±2^53 units of the last digit)
    /// is recorded as 0 with <see cref="Quality.BadSensor"/>; a decimal is rounded half to even at its last digit.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such point, or the time is outside 0 to <see cref="FrameLimits.TimestampMs"/>.</exception>
    /// <exception cref="ArgumentException">The point is a text.</exception>
    /// <exception cref="InvalidOperationException">The frame is full.</exception>
    public void Add(int point, long timestampMs, double value, Quality quality = Quality.Good) => throw new NotImplementedException();

    /// <summary>Adds a reading of a text point.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such point, the time is out of bounds, or the text is longer than <see cref="FrameLimits.TextBytes"/>.</exception>
    /// <exception cref="ArgumentException">The point is not a text, or the text is not valid UTF-16.</exception>
    /// <exception cref="InvalidOperationException">The frame is full.</exception>
    public void AddText(int point, long timestampMs, string text, Quality quality = Quality.Good) => throw new NotImplementedException();

    /// <summary>Drops what is gathered.</summary>
    public void Clear() => throw new NotImplementedException();

    /// <summary>Writes the frame and begins the next.</summary>
    /// <param name="epoch">The outbox epoch.</param>
    /// <param name="sequence">The sequence number within the epoch.</param>
    /// <param name="sealedAtMs">Now, by the gateway's clock, in Unix milliseconds.</param>
    /// <param name="clock">What is known of that clock.</param>
    /// <param name="output">Where the frame goes.</param>
    /// <returns>The size of the frame, in bytes.</returns>
    public int Complete(ulong epoch, ulong sequence, long sealedAtMs, ClockQuality clock, IBufferWriter<byte> output) => throw new NotImplementedException();
}
