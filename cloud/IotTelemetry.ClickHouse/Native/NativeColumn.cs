namespace IotTelemetry.ClickHouse.Native;

/// <summary>
/// The values of one column of a <see cref="NativeBlock"/>. Append values of the concrete type, or read them; buffers are kept over <see cref="Clear"/>,
/// so a block that is filled again and again allocates nothing. Not thread-safe.
/// </summary>
public abstract class NativeColumn
{
    private protected NativeColumn(string type) => Type = type;

    /// <summary>ClickHouse's name of the type, exactly as it goes over the wire: <c>LowCardinality(String)</c>, <c>DateTime64(3, 'UTC')</c>.</summary>
    public string Type { get; }

    /// <summary>Number of values.</summary>
    public abstract int Rows { get; }

    /// <summary>Bytes that the values take in the Native format, nearly; for limits on block size.</summary>
    public abstract long EncodedBytes { get; }

    /// <summary>The column for a ClickHouse type name.</summary>
    /// <exception cref="NativeFormatException">The type is not supported; cast it in the query.</exception>
    public static NativeColumn Create(string type) => NativeTypeParser.CreateColumn(type);

    /// <summary>Removes all values and keeps the buffers.</summary>
    public abstract void Clear();

    /// <summary>A value as an object: for display and tests, it allocates. Numbers as their .NET type, String as string, NULL as null.</summary>
    public abstract object? GetValue(int row);

    /// <summary>Appends the type's default value (0, empty, NULL).</summary>
    public abstract void AppendDefault();

    /// <summary>Writes the state that ClickHouse puts before the data of all nested columns (LowCardinality's version).</summary>
    internal virtual void WritePrefix(ref NativeWriter writer)
    {
    }

    /// <summary>Writes all values.</summary>
    internal abstract void WriteData(ref NativeWriter writer);

    /// <summary>Reads the state before the data. False: more bytes are needed.</summary>
    internal virtual bool TryReadPrefix(ref NativeReader reader) => true;

    /// <summary>Replaces the values by the next <paramref name="rows"/> of the input. False: more bytes are needed, and the values are undefined.</summary>
    internal abstract bool TryReadData(ref NativeReader reader, int rows);
}
