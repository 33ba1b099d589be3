namespace IotTelemetry.Edge.Sampling;

/// <summary>The median of the last values. Not thread-safe.</summary>
/// <param name="size">How many; odd. Until there are so many, the median is of those there are, of an even number the lower of the middle two.</param>
internal sealed class MedianWindow(int size)
{
    private readonly double[] _values = new double[size];
    private readonly double[] _sorted = new double[size];
    private int _count;
    private int _next;

    /// <summary>Takes a value; returns the median up to and with it.</summary>
    public double Add(double value)
    {
        _values[_next] = value;
        _next = (_next + 1) % size;
        _count = Math.Min(_count + 1, size);
        _values.AsSpan(0, _count).CopyTo(_sorted);
        _sorted.AsSpan(0, _count).Sort();
        return _sorted[(_count - 1) / 2];
    }

    public void Clear() => _count = _next = 0;
}
