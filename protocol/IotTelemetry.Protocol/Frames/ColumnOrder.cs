namespace IotTelemetry.Protocol;

/// <summary>
/// The readings of a frame sorted by value column, each column in order of arrival, and within it the first reading of each point marked: what both the
/// writer and the reader need before they touch values.
/// Keeps its working memory; not thread-safe.
/// </summary>
internal sealed class ColumnOrder
{
    private int[] _frameOfPoint = [];
    private int[] _ends = [];
    private int[] _firsts = [];
    private int[] _positions = [];
    private int _frame;

    /// <summary>How many value columns the birth of the frame has, with or without readings.</summary>
    public int Columns { get; private set; }

    /// <summary>The positions of a column's readings; the complement (~) of a position marks the first of its point in the frame.</summary>
    public ReadOnlySpan<int> PositionsOf(int column)
    {
        int start = column == 0 ? 0 : _ends[column - 1];
        return _positions.AsSpan(start, _ends[column] - start);
    }

    /// <summary>How many points the column has readings of.</summary>
    public int FirstsOf(int column) => _firsts[column];

    /// <summary>Sorts a frame's readings. The points must be valid.</summary>
    public void Sort(ReadOnlySpan<int> points, FrameLayout layout)
    {
        int[] columnOf = layout.ColumnOf;
        Columns = layout.Types.Length;
        if (_frameOfPoint.Length < columnOf.Length)
        {
            // A fresh array marks no point, whatever the number of the frame.
            _frameOfPoint = new int[columnOf.Length];
        }
        if (_ends.Length < Columns)
        {
            _ends = new int[Columns];
            _firsts = new int[Columns];
        }
        if (_positions.Length < points.Length)
        {
            _positions = new int[Math.Max(points.Length, Math.Min(2 * _positions.Length, FrameLimits.Readings))];
        }
        Span<int> ends = _ends.AsSpan(0, Columns);
        Span<int> firsts = _firsts.AsSpan(0, Columns);
        ends.Clear();
        firsts.Clear();
        foreach (int point in points)
        {
            ends[columnOf[point]]++;
        }
        int sum = 0;
        for (int i = 0; i < ends.Length; i++)
        {
            // Starts for now; placing the readings moves each to its column's end.
            (ends[i], sum) = (sum, sum + ends[i]);
        }

        // Marked by number, so that nothing is cleared between frames; once in four thousand million the numbers start over.
        if (++_frame == 0)
        {
            Array.Clear(_frameOfPoint);
            _frame = 1;
        }
        int frame = _frame;
        int[] frameOfPoint = _frameOfPoint;
        for (int i = 0; i < points.Length; i++)
        {
            int point = points[i];
            int column = columnOf[point];
            if (frameOfPoint[point] == frame)
            {
                _positions[ends[column]++] = i;
            }
            else
            {
                frameOfPoint[point] = frame;
                firsts[column]++;
                _positions[ends[column]++] = ~i;
            }
        }
    }
}
