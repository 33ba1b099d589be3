using IotTelemetry.Hardware.I2c;
using IotTelemetry.Hardware.Linux;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>
/// Real pins and kernel sensors. Lines are taken when <see cref="RunAsync"/> runs first and held until the board is disposed of, so that outputs keep their
/// value while the agent restarts its sampling; then outputs go to their safe value.
/// </summary>
public sealed class LinuxBoard : IBoard
{
    private static readonly TimeSpan BindRetry = TimeSpan.FromSeconds(10);

    private readonly LinuxBoardOptions _options;
    private readonly ILogger _logger;
    private readonly EpollLoop _loop;
    private readonly BoardSink _sink;
    private readonly ChipLines[] _chips;
    private readonly ILoopTask[] _tasks;
    private readonly Dictionary<int, IPolledSource> _sources;
    private readonly Dictionary<int, IOutput> _outputs;
    private readonly Lock _lifeGate = new();
    private Task _running = Task.CompletedTask;
    private bool _tasksStarted;
    private bool _disposed;

    /// <summary>Makes the board; nothing is opened yet but the loop's own descriptors.</summary>
    /// <exception cref="LinuxException">The kernel gives no descriptors.</exception>
    public LinuxBoard(LinuxBoardOptions options, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _logger = logger;
        var builder = new BoardBuilder(options, time, logger);
        for (var asset = 0; asset < options.Assets.Count; asset++)
        {
            foreach (var sensor in options.Assets[asset].Sensors)
            {
                sensor.Build(builder, asset);
            }
        }

        builder.Tasks.Add(builder.Echoes);
        Assets = [.. options.Assets.Select(a => a.Asset)];
        Points = builder.Points;
        Counters = builder.Counters;
        _sink = builder.Sink;
        _sources = builder.Sources;
        _outputs = builder.Outputs;
        _tasks = [.. builder.Tasks];
        _loop = new EpollLoop(time, () => _sink.Alive(EpollLoop.LongestWait));
        _chips = [.. builder.Lines.GroupBy(l => l.Options.Chip).Select(g => new ChipLines(g.Key, [.. g], options, _loop, Counters, logger))];
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public IReadOnlyList<BoardAsset> Assets { get; }

    /// <inheritdoc/>
    public IReadOnlyList<BoardPoint> Points { get; }

    /// <summary>What the board has seen.</summary>
    public BoardCounters Counters { get; }

    /// <inheritdoc/>
    public Task RunAsync(IRawValueSink sink, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(sink);
        lock (_lifeGate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_running.IsCompleted)
            {
                throw new InvalidOperationException($"board {Name} runs already");
            }

            _running = Task.Factory.StartNew(() => Run(sink, stopping), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            return _running;
        }
    }

    /// <inheritdoc/>
    public RawValue Read(int point) => _sources.TryGetValue(point, out var source)
        ? source.Read()
        : throw new ArgumentException($"point {Points[point].Name} pushes its values and is not polled", nameof(point));

    /// <inheritdoc/>
    public void Write(int point, double value)
    {
        if (!_outputs.TryGetValue(point, out var output))
        {
            throw new ArgumentException($"point {Points[point].Name} cannot be set", nameof(point));
        }

        output.Write(value);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_lifeGate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        // The caller has cancelled the run; its failure, if any, was its caller's to see.
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var chip in _chips)
        {
            chip.Close();
        }

        foreach (var task in _tasks)
        {
            task.Dispose();
        }

        foreach (var source in _sources.Values)
        {
            source.Dispose();
        }

        _loop.Dispose();
    }

    private void Run(IRawValueSink sink, CancellationToken stopping)
    {
        _sink.Target = sink;
        try
        {
            foreach (var binding in _options.I2cBindings)
            {
                Bind(binding);
            }

            if (!_tasksStarted)
            {
                // Before the lines are taken: totals must be open when the first pulse comes.
                _tasksStarted = true;
                foreach (var task in _tasks)
                {
                    task.Start(_loop);
                }
            }

            foreach (var chip in _chips)
            {
                chip.Start();
            }

            _loop.Run(stopping);
        }
        finally
        {
            _sink.Target = null;
        }
    }

    private void Bind(I2cBindOptions binding)
    {
        try
        {
            I2cBus.Find(binding.Bus).Bind(binding.Chip, binding.Address);
        }
        catch (IOException e)
        {
            BoardLog.NotBound(_logger, binding.Chip, binding.Address, e.Message);
            _loop.After(BindRetry, () => Bind(binding));
        }
    }
}
