using System.Collections.Immutable;
using IotTelemetry.Cloud.Changes;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Assets;

/// <summary>
/// One gateway of the live state, and the shard of its assets: whoever has the gateway's turn in ingest is its only writer (<see cref="Describe"/>, <see cref="Apply"/>,
/// <see cref="Restore"/>). All else is for any thread and takes no lock.
/// </summary>
internal sealed class LiveGateway(GatewayId id, LiveSite site, ChangeSignal changed)
{
    /// <summary>A gateway says its status once a minute (SPECIFICATION.md, section 7.1); after two that did not come it counts as silent.</summary>
    public static readonly TimeSpan SilentAfter = TimeSpan.FromMinutes(3);

    // A backlog may name a few older models.
    private const int BindingsKept = 8;
    private readonly Dictionary<BirthHash, int[]> _bindings = [];
    private ImmutableArray<GatewayWatch> _watches = [];
    private LiveModel? _model;
    private GatewayStatus? _status;
    private ClockSighting? _clock;
    private BirthHeader? _header;
    private long _describedAtMs = -1;
    private long _lastHeardMs;
    private uint _changes;
    private long _readings;

    public GatewayId Id { get; } = id;

    public LiveSite Site { get; } = site;

    /// <summary>Its assets; null before its first birth.</summary>
    public LiveModel? Model => Volatile.Read(ref _model);

    /// <summary>What it last said of itself; null before it said anything.</summary>
    public GatewayStatus? Status => Volatile.Read(ref _status);

    /// <summary>What is known of its clock; null before it said anything.</summary>
    public ClockSighting? Clock => Volatile.Read(ref _clock);

    /// <summary>The header of its newest birth.</summary>
    public BirthHeader? Header => Volatile.Read(ref _header);

    /// <summary>When the cloud last heard of it, Unix milliseconds; 0 for never since the service started.</summary>
    public long LastHeardMs => Volatile.Read(ref _lastHeardMs);

    /// <summary>Readings received since the service started.</summary>
    public long Readings => Volatile.Read(ref _readings);

    /// <summary>When its newest birth was received, Unix milliseconds; 0 for one that may not be the newest.</summary>
    public long DescribedAtMs => Volatile.Read(ref _describedAtMs);

    /// <summary>Rises with every change: assets changed later than a change n have <see cref="LiveModel.ChangedAt"/> above n.</summary>
    public uint Changes => Volatile.Read(ref _changes);

    /// <summary>Whether it is there.</summary>
    /// <param name="nowMs">The time, Unix milliseconds.</param>
    public GatewayPresence Presence(long nowMs)
    {
        bool heard = nowMs - LastHeardMs <= SilentAfter.TotalMilliseconds;
        return Status switch
        {
            { State: GatewayState.Offline } => GatewayPresence.Offline,
            { State: GatewayState.Stopped } => GatewayPresence.Stopped,
            { } when !heard => GatewayPresence.Silent,
            { } => GatewayPresence.Online,
            null when LastHeardMs == 0 => GatewayPresence.Unknown,
            null => heard ? GatewayPresence.Online : GatewayPresence.Silent, // A device that never says its status, and sends frames.
        };
    }

    /// <summary>Takes a birth, unless a newer one is known. The writer only.</summary>
    /// <param name="birth">The description.</param>
    /// <param name="describedAtMs">When it was received, Unix milliseconds; 0 when it is not known whether it is the newest.</param>
    public void Describe(Birth birth, long describedAtMs)
    {
        if (describedAtMs < _describedAtMs)
        {
            return;
        }

        Volatile.Write(ref _describedAtMs, describedAtMs);
        Volatile.Write(ref _header, birth.Header);
        if (_model?.Hash != birth.Hash)
        {
            LiveModel model = LiveModel.Of(birth, _model, _changes + 1);
            Site.TakeOwnership(this, _model, model);
            _bindings.Clear();
            Volatile.Write(ref _model, model);
        }

        Changed();
    }

    /// <summary>Takes the readings of a frame. The writer only.</summary>
    public void Apply(Birth birth, FrameColumns frame, long receivedAtMs)
    {
        if (_model is null)
        {
            Describe(birth, 0);
        }

        LiveModel model = _model!;
        int[] cells = BindingOf(model, birth);
        ulong epoch = frame.Header.Epoch;
        uint change = _changes + 1;
        ReadOnlySpan<int> points = frame.Points;
        ReadOnlySpan<long> timestamps = frame.TimestampsMs;
        ReadOnlySpan<double> numbers = frame.Numbers;
        ReadOnlySpan<int> texts = frame.Texts;
        ReadOnlySpan<Quality> qualities = frame.Qualities;
        for (int i = 0; i < points.Length; i++)
        {
            int cell = cells[points[i]];
            if (cell >= 0)
            {
                string? text = texts[i] < 0 ? null : Shared(birth.Points[points[i]].Definition, frame.Text(texts[i]));
                model.Write(cell, new LiveValue(timestamps[i], receivedAtMs, numbers[i], text, qualities[i], epoch), change);
            }
        }

        Volatile.Write(ref _readings, _readings + points.Length);
        Heard(receivedAtMs);
        Changed();
    }

    /// <summary>Takes the last value of a point from the store. The writer only; <see cref="Restored"/> ends a series of them.</summary>
    public void Restore(string asset, string point, in LiveValue value)
    {
        if (_model is { } model && model.Find(asset) is >= 0 and int number && model.ShapeOf(number).IndexOf(point) is >= 0 and int index)
        {
            PointDefinition definition = model.ShapeOf(number).Points[index];
            string? text = definition.Type == PointType.Text ? Shared(definition, value.Text ?? "") : null;
            model.Restore(model.CellOf(number, index), value with { Text = text }, _changes + 1);
        }
    }

    /// <summary>Takes the highest value of a point from the store. The writer only.</summary>
    public void RestoreHighest(string asset, string point, double value)
    {
        if (_model is { } model && model.Find(asset) is >= 0 and int number && model.ShapeOf(number).IndexOf(point) is >= 0 and int index)
        {
            model.RestoreHighest(model.CellOf(number, index), value);
        }
    }

    /// <summary>Makes restored values known to those who wait for changes. The writer only.</summary>
    public void Restored() => Changed();

    /// <summary>Takes what the gateway says of itself.</summary>
    public void Say(GatewayStatus? status, long receivedAtMs)
    {
        Volatile.Write(ref _status, status);
        Volatile.Write(ref _clock, ClockSighting.After(_clock, status, receivedAtMs));
        Heard(receivedAtMs);
        Signal();
    }

    /// <summary>The gateway was heard.</summary>
    public void Heard(long receivedAtMs) => Volatile.Write(ref _lastHeardMs, receivedAtMs);

    /// <summary>Begins to wait for changes of this gateway. Dispose the watch to end it.</summary>
    public GatewayWatch Watch()
    {
        GatewayWatch watch = new(this);
        ImmutableInterlocked.Update(ref _watches, static (watches, added) => watches.Add(added), watch);
        return watch;
    }

    internal void Remove(GatewayWatch watch) => ImmutableInterlocked.Update(ref _watches, static (watches, gone) => watches.Remove(gone), watch);

    private void Changed()
    {
        Volatile.Write(ref _changes, _changes + 1);
        Signal();
    }

    private void Signal()
    {
        changed.Set();
        foreach (GatewayWatch watch in _watches)
        {
            watch.Signal();
        }
    }

    private int[] BindingOf(LiveModel model, Birth birth)
    {
        if (!_bindings.TryGetValue(birth.Hash, out int[]? cells))
        {
            if (_bindings.Count == BindingsKept)
            {
                _bindings.Clear();
            }

            _bindings.Add(birth.Hash, cells = model.Bind(birth));
        }

        return cells;
    }

    // The states of an enumeration are the birth's own strings; only free texts become new ones.
    private static string Shared(PointDefinition point, string text)
    {
        for (int i = 0; point.Values is { } values && i < values.Count; i++)
        {
            if (values[i] == text)
            {
                return values[i];
            }
        }

        return text;
    }
}
