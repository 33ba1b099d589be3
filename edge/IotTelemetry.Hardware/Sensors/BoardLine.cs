using IotTelemetry.Hardware.Gpio;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>One GPIO line of the board, held or waiting to be. <see cref="Set"/> may be called from any thread, the rest on the loop.</summary>
internal sealed class BoardLine(GpioLineOptions options, string use, ILineHandler handler)
{
    private readonly Lock _gate = new();
    private GpioLineRequest? _request;
    private int _index;

    public GpioLineOptions Options => options;

    /// <summary>What it is for, <c>load-01/state</c>; for messages.</summary>
    public string Use => use;

    public ILineHandler Handler => handler;

    public bool IsOutput { get; init; }

    /// <summary>Outputs: the value at the moment of the request.</summary>
    public bool Initial { get; init; }

    /// <summary>Outputs: the value when the agent ends; null leaves the last one.</summary>
    public bool? Safe { get; init; }

    /// <summary>Why the line is not held; also keeps a repeated failure from being logged again.</summary>
    public string? Refusal { get; set; }

    public bool IsHeld
    {
        get
        {
            lock (_gate)
            {
                return _request is not null;
            }
        }
    }

    public GpioLineSettings Settings(uint offset) => new()
    {
        Offset = offset,
        IsOutput = IsOutput,
        ActiveLow = options.ActiveLow,
        Bias = IsOutput ? GpioBias.AsIs : options.Bias,
        Drive = options.Drive,
        Edges = !IsOutput && options.Poll is null,
        Debounce = IsOutput ? TimeSpan.Zero : options.Debounce,
        InitialValue = Initial,
    };

    public void Attach(GpioLineRequest request, int index)
    {
        lock (_gate)
        {
            _request = request;
            _index = index;
        }

        Refusal = null;
    }

    public void Detach()
    {
        lock (_gate)
        {
            _request = null;
        }
    }

    /// <summary>Sets an output.</summary>
    /// <exception cref="IOException">It is not held, or the chip refused.</exception>
    public void Set(bool value)
    {
        lock (_gate)
        {
            if (_request is null)
            {
                throw new IOException($"output {use} cannot be set: {Refusal ?? "the board is not running"}");
            }

            _request.Set(value ? 1UL << _index : 0, 1UL << _index);
        }
    }
}
