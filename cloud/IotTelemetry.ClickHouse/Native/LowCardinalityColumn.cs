using System.Runtime.InteropServices;
using System.Text;

namespace IotTelemetry.ClickHouse.Native;

/// <summary>
/// <c>LowCardinality(String)</c>: a dictionary and one key per row. Intern a value once, then append its key for many rows: appending a key is one store.
/// Other inner types can be read, and appended through <see cref="Dictionary"/> and <see cref="AppendKey(int)"/>.
/// </summary>
public sealed class LowCardinalityColumn : NativeColumn
{
    // Serialization state version "SharedDictionariesWithAdditionalKeys" and the flag for a dictionary that travels with the block
    // (ClickHouse: src/DataTypes/Serializations/SerializationLowCardinality.cpp).
    private const ulong Version = 1;
    private const ulong HasAdditionalKeys = 1 << 9;
    private const ulong NeedGlobalDictionary = 1 << 8;
    private readonly ValueColumn<int> _keys = new("Int32");
    private readonly Utf8Dictionary? _texts;

    internal LowCardinalityColumn(string type, NativeColumn dictionary, bool nullable)
        : base(type)
    {
        Dictionary = dictionary;
        IsNullable = nullable;
        _texts = dictionary is StringColumn strings ? new Utf8Dictionary(strings) : null;
        Clear();
    }

    /// <summary>The distinct values. In a nullable column, entry 0 stands for NULL and entry 1 for the default value.</summary>
    public NativeColumn Dictionary { get; }

    /// <summary>True for <c>LowCardinality(Nullable(…))</c>.</summary>
    public bool IsNullable { get; }

    /// <inheritdoc/>
    public override int Rows => _keys.Rows;

    /// <inheritdoc/>
    public override long EncodedBytes => 32 + Dictionary.EncodedBytes + ((long)Rows * KeySize);

    /// <summary>For every row, the index of its value in <see cref="Dictionary"/>; valid until the column changes.</summary>
    public ReadOnlySpan<int> Keys => _keys.Values;

    private int KeySize => Dictionary.Rows <= byte.MaxValue + 1 ? 1 : Dictionary.Rows <= ushort.MaxValue + 1 ? 2 : 4;

    /// <summary>The key of a text, which joins the dictionary when it is new. Keys are valid until <see cref="Clear"/>.</summary>
    public int Intern(ReadOnlySpan<byte> utf8) =>
        _texts?.Intern(utf8, IsNullable ? 1 : 0) ?? throw new InvalidOperationException($"{Type} is not a dictionary of strings: append to Dictionary and use AppendKey.");

    /// <inheritdoc cref="Intern(ReadOnlySpan{byte})"/>
    public int Intern(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > 85)
        {
            return Intern(Encoding.UTF8.GetBytes(text));
        }

        Span<byte> utf8 = stackalloc byte[256];
        return Intern(utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
    }

    /// <summary>Appends a text.</summary>
    public void Append(ReadOnlySpan<byte> utf8) => AppendKey(Intern(utf8));

    /// <summary>Appends a text.</summary>
    public void Append(string text) => AppendKey(Intern(text));

    /// <summary>Appends the value with this key.</summary>
    public void AppendKey(int key) => _keys.Append(Checked(key));

    /// <summary>Appends the value with this key <paramref name="count"/> times.</summary>
    public void AppendKey(int key, int count) => _keys.AppendRepeated(Checked(key), count);

    /// <summary>Appends NULL, in a nullable column.</summary>
    public void AppendNull() =>
        AppendKey(IsNullable ? 0 : throw new InvalidOperationException($"{Type} has no NULL."));

    /// <inheritdoc/>
    public override void AppendDefault() => AppendKey(0);

    /// <inheritdoc/>
    public override void Clear()
    {
        _keys.Clear();
        Dictionary.Clear();
        _texts?.Clear();

        // Entry 0 is the default value (and NULL when nullable, followed by the default proper), as in ClickHouse's own dictionaries.
        Dictionary.AppendDefault();
        if (IsNullable)
        {
            Dictionary.AppendDefault();
        }
    }

    /// <inheritdoc/>
    public override object? GetValue(int row) => IsNullable && Keys[row] == 0 ? null : Dictionary.GetValue(Keys[row]);

    internal override void WritePrefix(ref NativeWriter writer) => writer.WriteUInt64(Version);

    internal override void WriteData(ref NativeWriter writer)
    {
        if (Rows == 0)
        {
            return; // An empty nested column (all arrays empty) writes nothing after its prefix.
        }

        int keySize = KeySize;
        writer.WriteUInt64(HasAdditionalKeys | (ulong)(keySize >> 1));
        writer.WriteUInt64((ulong)Dictionary.Rows);
        Dictionary.WriteData(ref writer);
        writer.WriteUInt64((ulong)Rows);
        switch (keySize)
        {
            case 1:
                writer.WriteBytes(Keys);
                break;
            case 2:
                writer.WriteUInt16s(Keys);
                break;
            default:
                writer.Write(MemoryMarshal.AsBytes(Keys));
                break;
        }
    }

    internal override bool TryReadPrefix(ref NativeReader reader)
    {
        if (!reader.TryReadUInt64(out ulong version))
        {
            return false;
        }

        return version == Version ? true : throw new NativeFormatException($"{Type}: serialization version {version} is not known.");
    }

    internal override bool TryReadData(ref NativeReader reader, int rows)
    {
        _keys.Clear();
        _texts?.Clear();
        Dictionary.Clear();
        if (rows == 0)
        {
            return true;
        }

        if (!reader.TryReadUInt64(out ulong flags) || !reader.TryReadUInt64(out ulong dictionaryRows))
        {
            return false;
        }

        int keyBytes = 1 << (int)(flags & 0xFF);
        if ((flags & 0xFF) > 3 || (flags & NeedGlobalDictionary) != 0 || (flags & HasAdditionalKeys) == 0 || dictionaryRows > int.MaxValue)
        {
            throw new NativeFormatException($"{Type}: flags 0x{flags:X} with {dictionaryRows} dictionary entries are not a dictionary that travels with its block.");
        }

        if (!Dictionary.TryReadData(ref reader, (int)dictionaryRows) || !reader.TryReadUInt64(out ulong keyRows))
        {
            return false;
        }

        if (keyRows != (ulong)rows)
        {
            throw new NativeFormatException($"{Type}: {keyRows} keys for {rows} rows.");
        }

        if (!reader.TryRead((long)rows * keyBytes, out ReadOnlySpan<byte> keys))
        {
            return false;
        }

        Widen(keys, keyBytes, _keys.Extend(rows));
        uint largest = 0;
        foreach (int key in _keys.Values)
        {
            largest = Math.Max(largest, (uint)key);
        }

        return largest < dictionaryRows
            ? true
            : throw new NativeFormatException($"{Type}: key {largest} points behind the dictionary of {dictionaryRows} entries.");
    }

    private static void Widen(ReadOnlySpan<byte> source, int keyBytes, Span<int> target)
    {
        switch (keyBytes)
        {
            case 1:
                for (int i = 0; i < target.Length; i++)
                {
                    target[i] = source[i];
                }

                break;
            case 2:
                ReadOnlySpan<ushort> shorts = MemoryMarshal.Cast<byte, ushort>(source);
                for (int i = 0; i < target.Length; i++)
                {
                    target[i] = shorts[i];
                }

                break;
            case 4:
                source.CopyTo(MemoryMarshal.AsBytes(target));
                break;
            default:
                ReadOnlySpan<ulong> longs = MemoryMarshal.Cast<byte, ulong>(source);
                for (int i = 0; i < target.Length; i++)
                {
                    target[i] = (int)Math.Min(longs[i], uint.MaxValue); // too large for any dictionary: refused as such
                }

                break;
        }
    }

    private int Checked(int key) => (uint)key < (uint)Dictionary.Rows
        ? key
        : throw new ArgumentOutOfRangeException(nameof(key), key, $"The dictionary has {Dictionary.Rows} entries.");
}
