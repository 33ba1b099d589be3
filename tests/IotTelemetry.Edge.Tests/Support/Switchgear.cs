using System.Globalization;
using IotTelemetry.Hardware;

namespace IotTelemetry.Edge.Tests;

/// <summary>
/// A board that does what the test says: three contactors (<c>qf1</c> to <c>qf3</c>) with a settable <c>state</c>, a pushed contact <c>closed</c> and a polled <c>current_a</c>, and a cabinet with
/// the switches <c>locked_out</c> and <c>local</c>. Contacts follow their coils at once unless <see cref="IsStuck"/>.
/// </summary>
internal sealed class Switchgear(TimeProvider time) : IBoard
{
    public const int Contactors = 3;
    private const int PointsEach = 3;

    private readonly Lock _gate = new();
    private readonly double[] _values = new double[(Contactors * PointsEach) + 2];
    private readonly List<(int Point, double Value)> _writes = [];
    private IRawValueSink? _sink;

    public static int LockedOut => Contactors * PointsEach;

    public static int Local => LockedOut + 1;

    public string Name => "switchgear";

    public IReadOnlyList<BoardAsset> Assets { get; } =
        [.. Enumerable.Range(1, Contactors).Select(i => string.Create(CultureInfo.InvariantCulture, $"qf{i}")).Append("cabinet")
            .Select(id => new BoardAsset(id, "breaker", null, null, new Dictionary<string, string>()))];

    public IReadOnlyList<BoardPoint> Points { get; } =
    [
        .. Enumerable.Range(0, Contactors).SelectMany(asset => new[]
        {
            BoardPoint.Digital(asset, "state", settable: true), BoardPoint.Digital(asset, "closed"), BoardPoint.Analog(asset, "current_a", "A", 0.1, 0, 100),
        }),
        BoardPoint.Digital(Contactors, "locked_out"),
        BoardPoint.Digital(Contactors, "local"),
    ];

    /// <summary>The outputs that were set, oldest first.</summary>
    public IReadOnlyList<(int Point, double Value)> Writes
    {
        get
        {
            lock (_gate)
            {
                return [.. _writes];
            }
        }
    }

    /// <summary>Contacts do not follow their coils.</summary>
    public bool IsStuck { get; set; }

    public Exception? WriteFails { get; set; }

    /// <summary>Runs inside each write, before it has an effect.</summary>
    public Action? OnWrite { get; set; }

    /// <summary>Runs inside each poll; throw to let it fail.</summary>
    public Action<int>? OnRead { get; set; }

    public static int State(int contactor) => (contactor - 1) * PointsEach;

    public static int Closed(int contactor) => State(contactor) + 1;

    public static int Current(int contactor) => State(contactor) + 2;

    /// <summary>How many of the contactors are closed by their coils or their contacts.</summary>
    public int ClosedOf(params ReadOnlySpan<int> contactors)
    {
        lock (_gate)
        {
            var most = 0;
            foreach (var contactor in contactors)
            {
                most += _values[State(contactor)] != 0 || _values[Closed(contactor)] != 0 ? 1 : 0;
            }

            return most;
        }
    }

    public async Task RunAsync(IRawValueSink sink, CancellationToken stopping)
    {
        lock (_gate)
        {
            _sink = sink;
        }

        for (var point = 0; point < Points.Count; point++)
        {
            if (Points[point].Delivery == PointDelivery.Pushed)
            {
                Push(point, _values[point]);
            }
        }

        await Task.Delay(Timeout.Infinite, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>An input changes, or becomes unreadable.</summary>
    public void Push(int point, double value, RawQuality quality = RawQuality.Good)
    {
        IRawValueSink? sink;
        lock (_gate)
        {
            _values[point] = value;
            sink = _sink;
        }

        sink?.Accept(new RawValue(point, time.GetUtcNow().ToUnixTimeMilliseconds(), value, quality));
    }

    public RawValue Read(int point)
    {
        OnRead?.Invoke(point);
        lock (_gate)
        {
            return new RawValue(point, time.GetUtcNow().ToUnixTimeMilliseconds(), _values[point], RawQuality.Good);
        }
    }

    public void Write(int point, double value)
    {
        OnWrite?.Invoke();
        if (WriteFails is { } failure)
        {
            throw failure;
        }

        lock (_gate)
        {
            _writes.Add((point, value));
        }

        Push(point, value);
        if (!IsStuck)
        {
            lock (_gate)
            {
                _values[point + 2] = value * 16;
            }

            Push(point + 1, value);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
