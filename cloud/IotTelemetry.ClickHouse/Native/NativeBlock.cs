using System.Buffers;

namespace IotTelemetry.ClickHouse.Native;

/// <summary>
/// Rows as named, typed columns: what is inserted, and what a query returns. Add the columns once, append the same number of values to each, write, clear, fill again:
/// after the first rounds nothing is allocated. Not thread-safe.
/// </summary>
/// <example><code>
/// var block = new NativeBlock();
/// var site = block.Add&lt;LowCardinalityColumn&gt;("site", "LowCardinality(String)");
/// var ts = block.Add&lt;DateTime64Column&gt;("ts", "DateTime64(3, 'UTC')");
/// site.Append("harbour"); ts.Append(DateTimeOffset.UtcNow);
/// await engine.InsertAsync("iot.readings", block);
/// </code></example>
public sealed class NativeBlock
{
    // Wider than any table; a forged column count must not make us loop for long.
    private const int MaximumColumns = 10_000;
    private readonly List<string> _names = [];
    private readonly List<NativeColumn> _columns = [];

    /// <summary>Number of rows: of values in the first column.</summary>
    public int Rows => _columns.Count == 0 ? 0 : _columns[0].Rows;

    /// <summary>Names of the columns.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The columns, in the order of <see cref="Names"/>.</summary>
    public IReadOnlyList<NativeColumn> Columns => _columns;

    /// <summary>Bytes that the block takes in the Native format, nearly.</summary>
    public long EncodedBytes
    {
        get
        {
            long bytes = 2;
            for (int i = 0; i < _columns.Count; i++)
            {
                bytes += 2 + _names[i].Length + _columns[i].Type.Length + _columns[i].EncodedBytes;
            }

            return bytes;
        }
    }

    /// <summary>The column with this name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public NativeColumn this[string name] => _names.IndexOf(name) is >= 0 and int index
        ? _columns[index]
        : throw new KeyNotFoundException($"The block has no column '{name}'; it has {string.Join(", ", _names)}.");

    /// <summary>The column with this name, as its concrete type: <see cref="ValueColumn{T}"/>, <see cref="StringColumn"/>, <see cref="LowCardinalityColumn"/>, …</summary>
    public TColumn Get<TColumn>(string name)
        where TColumn : NativeColumn => Cast<TColumn>(name, this[name]);

    /// <summary>Adds an empty column of a ClickHouse type. All columns are added before the first row.</summary>
    /// <exception cref="NativeFormatException">The type is not supported.</exception>
    /// <exception cref="InvalidCastException"><typeparamref name="TColumn"/> is not the class for <paramref name="type"/>.</exception>
    public TColumn Add<TColumn>(string name, string type)
        where TColumn : NativeColumn
    {
        if (_names.Contains(name))
        {
            throw new ArgumentException($"The block has a column '{name}' already.", nameof(name));
        }

        TColumn column = Cast<TColumn>(name, NativeColumn.Create(type));
        _names.Add(name);
        _columns.Add(column);
        return column;
    }

    /// <summary>Removes all rows; columns and buffers stay.</summary>
    public void Clear()
    {
        foreach (NativeColumn column in _columns)
        {
            column.Clear();
        }
    }

    /// <summary>Writes the block in the Native format.</summary>
    /// <exception cref="InvalidOperationException">The columns differ in length.</exception>
    public void WriteTo(IBufferWriter<byte> output)
    {
        int rows = Rows;
        NativeWriter writer = new(output);
        writer.WriteVarUInt((ulong)_columns.Count);
        writer.WriteVarUInt((ulong)rows);
        for (int i = 0; i < _columns.Count; i++)
        {
            NativeColumn column = _columns[i];
            if (column.Rows != rows)
            {
                throw new InvalidOperationException($"Column '{_names[i]}' has {column.Rows} values, '{_names[0]}' has {rows}.");
            }

            writer.WriteString(_names[i]);
            writer.WriteString(column.Type);
            if (rows > 0)
            {
                column.WritePrefix(ref writer);
                column.WriteData(ref writer);
            }
        }
    }

    /// <summary>Replaces the content by the block at the start of <paramref name="input"/>, reusing columns whose name and type stay the same.</summary>
    /// <param name="input">Bytes in the Native format.</param>
    /// <param name="consumed">Bytes that the block took.</param>
    /// <returns>False when <paramref name="input"/> ends inside the block: the content is then undefined; call again with more bytes.</returns>
    /// <exception cref="NativeFormatException">The bytes are not in the Native format, or a type is not supported.</exception>
    public bool TryRead(ReadOnlySpan<byte> input, out int consumed)
    {
        NativeReader reader = new(input);
        consumed = 0;
        if (!reader.TryReadLength(out int columns) || !reader.TryReadLength(out int rows))
        {
            return false;
        }

        if (columns > MaximumColumns)
        {
            throw new NativeFormatException($"A block of {columns} columns: these bytes are not in the Native format.");
        }

        for (int i = 0; i < columns; i++)
        {
            if (!reader.TryReadString(out string name) || !reader.TryReadString(out string type))
            {
                return false;
            }

            NativeColumn column = Place(i, name, type);
            column.Clear();
            if (rows > 0 && !(column.TryReadPrefix(ref reader) && column.TryReadData(ref reader, rows)))
            {
                return false;
            }
        }

        _names.RemoveRange(columns, _names.Count - columns);
        _columns.RemoveRange(columns, _columns.Count - columns);
        consumed = reader.Position;
        return true;
    }

    private static TColumn Cast<TColumn>(string name, NativeColumn column)
        where TColumn : NativeColumn =>
        column as TColumn ?? throw new InvalidCastException($"Column '{name}' of type {column.Type} is a {column.GetType().Name}, not a {typeof(TColumn).Name}.");

    private NativeColumn Place(int index, string name, string type)
    {
        if (index < _columns.Count && _names[index] == name && _columns[index].Type == type)
        {
            return _columns[index];
        }

        _names.RemoveRange(index, _names.Count - index);
        _columns.RemoveRange(index, _columns.Count - index);
        _names.Add(name);
        _columns.Add(NativeColumn.Create(type));
        return _columns[index];
    }
}
