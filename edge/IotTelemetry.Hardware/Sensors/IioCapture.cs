using IotTelemetry.Hardware.Iio;
using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>Captures from one IIO device on the board's loop; a device that goes away is found again.</summary>
internal sealed class IioCapture : ILoopTask, IEpollHandler
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    private readonly IioCaptureOptions _options;
    private readonly MeasuredPoint[] _points;
    private readonly BoardBuilder _board;
    private readonly string _use;
    private readonly string[] _channels;
    private readonly int[] _order;
    private readonly SampleStatistics[] _statistics;
    private readonly (double Scale, double Offset)[] _calibration;
    private EpollLoop? _loop;
    private IioBuffer? _buffer;
    private long _key;
    private string? _failure;

    public IioCapture(IioCaptureOptions options, MeasuredPoint[] points, BoardBuilder board, string use)
    {
        _options = options;
        _points = points;
        _board = board;
        _use = use;
        _channels = [.. options.Channels.Select(c => c.Channel)];
        _order = new int[_channels.Length];
        _statistics = new SampleStatistics[_channels.Length];
        _calibration = new (double, double)[_channels.Length];
    }

    /// <inheritdoc/>
    public void Start(EpollLoop loop)
    {
        _loop = loop;
        Open();
        loop.After(Retry, Check);
    }

    /// <inheritdoc/>
    public void OnReady(bool hungUp)
    {
        try
        {
            if (hungUp)
            {
                throw new LinuxException($"capturing for {_use}", Errno.NoDevice);
            }

            _buffer!.Read(Take);
        }
        catch (LinuxException e)
        {
            Fail(e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _buffer?.Dispose();
        _buffer = null;
    }

    private void Open()
    {
        try
        {
            var device = IioDevices.Find(_options.Device);
            foreach (var (attribute, value) in _options.Attributes)
            {
                Sysfs.Write($"{device.Path}/{attribute}", value);
            }

            // By the index of their scan elements: that is their order in a scan.
            var indexes = _channels.Select(channel => int.Parse(Sysfs.Read($"{device.Path}/scan_elements/in_{channel}_index"), System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            var points = Enumerable.Range(0, indexes.Length).ToArray();
            Array.Sort(indexes, points);
            for (var i = 0; i < points.Length; i++)
            {
                _order[i] = points[i];
                _calibration[i] = IioChannel.Calibration(device, _channels[points[i]]);
                _statistics[i] = default;
            }

            _buffer = IioBuffer.Start(device, [.. points.Select(p => _channels[p])], _options.Trigger, _options.BufferLength);
            _key = _loop!.Add(_buffer.File, this);
            _failure = null;
        }
        catch (LinuxException e)
        {
            Fail(e);
        }
    }

    private void Take(ReadOnlySpan<long> scan)
    {
        for (var i = 0; i < scan.Length; i++)
        {
            var (scale, offset) = _calibration[i];
            _statistics[i].Add((scan[i] + offset) * scale);
            if (_statistics[i].Count >= _options.Samples)
            {
                _points[_order[i]].Push(_statistics[i].Value(_options.Statistic), KernelClock.RealtimeNs / 1_000_000);
                _statistics[i] = default;
            }
        }
    }

    private void Fail(LinuxException cause)
    {
        if (_buffer is not null)
        {
            _loop!.Remove(_key, _buffer.File);
            _buffer.Dispose();
            _buffer = null;
        }

        if (_failure is null)
        {
            BoardLog.CaptureFailed(_board.Logger, _use, cause.Message);
            foreach (var point in _points)
            {
                _board.Sink.Accept(point.Fail());
            }
        }

        _failure = cause.Message;
    }

    private void Check()
    {
        if (_buffer is null)
        {
            Open();
        }
        else
        {
            // A device that is removed wakes nobody who polls its buffer (drivers/iio/industrialio-buffer.c, iio_buffer_poll gives 0); a read tells.
            OnReady(hungUp: false);
        }

        _loop!.After(Retry, Check);
    }
}
