using System.Collections.Immutable;

namespace IotTelemetry.ClickHouse.Native;

/// <summary><c>Tuple(A, B, …)</c>, with or without names: append one value to each of <see cref="Elements"/>.</summary>
public sealed class TupleColumn : NativeColumn
{
    internal TupleColumn(string type, ImmutableArray<NativeColumn> elements)
        : base(type) => Elements = elements;

    /// <summary>One column per element.</summary>
    public ImmutableArray<NativeColumn> Elements { get; }

    /// <inheritdoc/>
    public override int Rows => Elements[0].Rows;

    /// <inheritdoc/>
    public override long EncodedBytes
    {
        get
        {
            long bytes = 0;
            foreach (NativeColumn element in Elements)
            {
                bytes += element.EncodedBytes;
            }

            return bytes;
        }
    }

    /// <inheritdoc/>
    public override void Clear()
    {
        foreach (NativeColumn element in Elements)
        {
            element.Clear();
        }
    }

    /// <inheritdoc/>
    public override void AppendDefault()
    {
        foreach (NativeColumn element in Elements)
        {
            element.AppendDefault();
        }
    }

    /// <inheritdoc/>
    public override object? GetValue(int row)
    {
        object?[] values = new object?[Elements.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Elements[i].GetValue(row);
        }

        return values;
    }

    internal override void WritePrefix(ref NativeWriter writer)
    {
        foreach (NativeColumn element in Elements)
        {
            element.WritePrefix(ref writer);
        }
    }

    internal override void WriteData(ref NativeWriter writer)
    {
        foreach (NativeColumn element in Elements)
        {
            if (element.Rows != Rows)
            {
                throw new InvalidOperationException($"{Type}: an element of type {element.Type} has {element.Rows} values, the first has {Rows}.");
            }

            element.WriteData(ref writer);
        }
    }

    internal override bool TryReadPrefix(ref NativeReader reader)
    {
        foreach (NativeColumn element in Elements)
        {
            if (!element.TryReadPrefix(ref reader))
            {
                return false;
            }
        }

        return true;
    }

    internal override bool TryReadData(ref NativeReader reader, int rows)
    {
        foreach (NativeColumn element in Elements)
        {
            if (!element.TryReadData(ref reader, rows))
            {
                return false;
            }
        }

        return true;
    }
}
