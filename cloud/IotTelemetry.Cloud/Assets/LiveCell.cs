using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Assets;

/// <summary>
/// The last value of one point: 48 bytes, read without a lock while one thread writes. A sequence lock (Boehm, "Can seqlocks get along with programming language memory models?",
/// MSPC 2012): the version is odd while the fields change, and a reader that saw it odd or changed reads again. So value, time and quality are always of one reading.
/// </summary>
internal struct LiveCell
{
    private const int QualityBits = 8;
    private ulong _version;
    private long _tsMs;
    private long _receivedAtMs;
    private double _number;
    private string? _text;
    private ulong _epochAndQuality; // An epoch has at most 53 bits (SPECIFICATION.md, section 1).

    /// <summary>How many readings it took. Any thread.</summary>
    public readonly ulong Updates => Volatile.Read(in _version) / 2;

    /// <summary>Whether its value is boolean, number or text is the point's matter. Any thread; false while there is no value.</summary>
    public readonly bool TryRead(out LiveValue value)
    {
        SpinWait spin = default;
        while (true)
        {
            ulong before = Volatile.Read(in _version);
            if (before == 0)
            {
                value = default;
                return false;
            }

            value = Copy();
            Volatile.ReadBarrier();
            if (before % 2 == 0 && Volatile.Read(in _version) == before)
            {
                return true;
            }

            spin.SpinOnce();
        }
    }

    /// <summary>
    /// Takes a reading unless it has a newer one: by time, then by epoch. Of two readings that are equal in both, the one that came later wins, since frames of an epoch come in order.
    /// Only the writer of the gateway calls this.
    /// </summary>
    /// <returns>False when the reading is older than what is there.</returns>
    public bool TryWrite(in LiveValue value) => (_version == 0 || Compare(value) >= 0) && Write(value);

    /// <summary>As <see cref="TryWrite"/>, for what comes from the store: of two equal readings, the one that is there stays.</summary>
    public bool TryRestore(in LiveValue value) => (_version == 0 || Compare(value) > 0) && Write(value);

    private readonly int Compare(in LiveValue value)
    {
        int byTime = value.OrderMs.CompareTo(Math.Min(_tsMs, _receivedAtMs));
        return byTime != 0 ? byTime : value.Epoch.CompareTo(_epochAndQuality >> QualityBits);
    }

    private bool Write(in LiveValue value)
    {
        ulong version = _version;
        _version = version + 1;
        Volatile.WriteBarrier();
        _tsMs = value.TsMs;
        _receivedAtMs = value.ReceivedAtMs;
        _number = value.Number;
        if (!ReferenceEquals(_text, value.Text))
        {
            _text = value.Text; // Storing a reference costs a write barrier of the collector; most points have none.
        }

        _epochAndQuality = (value.Epoch << QualityBits) | (byte)value.Quality;
        Volatile.Write(ref _version, version + 2);
        return true;
    }

    private readonly LiveValue Copy() =>
        new(_tsMs, _receivedAtMs, _number, _text, (Quality)(byte)_epochAndQuality, _epochAndQuality >> QualityBits);
}
