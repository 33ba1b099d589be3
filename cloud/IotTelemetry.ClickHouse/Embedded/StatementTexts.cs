using IotTelemetry.ClickHouse.Embedded.Interop;

namespace IotTelemetry.ClickHouse.Embedded;

/// <summary>A statement, its format and its parameters as the engine's calls take them.</summary>
internal sealed unsafe class StatementTexts : IDisposable
{
    private readonly NativeTexts _statement;
    private readonly NativeTexts? _names;
    private readonly NativeTexts? _values;

    public StatementTexts(string sql, string format, ClickHouseParameters? parameters)
    {
        _statement = new NativeTexts([sql, format]);
        if (parameters is { Values.Count: > 0 })
        {
            _names = new NativeTexts([.. parameters.Values.Select(p => p.Key)]);
            _values = new NativeTexts([.. parameters.Values.Select(p => p.Value)]);
        }
    }

    public byte* Sql => _statement.Pointers[0];

    public nuint SqlLength => _statement.Lengths[0];

    public byte* Format => _statement.Pointers[1];

    public nuint FormatLength => _statement.Lengths[1];

    public byte** Names => _names is null ? null : _names.Pointers;

    public nuint* NameLengths => _names is null ? null : _names.Lengths;

    public byte** Values => _values is null ? null : _values.Pointers;

    public nuint* ValueLengths => _values is null ? null : _values.Lengths;

    public nuint ParameterCount => (nuint)(_names?.Count ?? 0);

    public void Dispose()
    {
        _statement.Dispose();
        _names?.Dispose();
        _values?.Dispose();
    }
}
