namespace IotTelemetry.Mqtt;

/// <summary>Publishes that wait, first in, first out. A linked list, so that a cancelled one leaves at once. Not thread-safe.</summary>
internal sealed class PublishLane
{
    private PublishOperation? _last;

    public PublishOperation? First { get; private set; }

    public int Count { get; private set; }

    public void Add(PublishOperation operation)
    {
        operation.Lane = this;
        operation.Next = null;
        operation.Previous = _last;
        if (_last is null)
        {
            First = operation;
        }
        else
        {
            _last.Next = operation;
        }

        _last = operation;
        Count++;
    }

    public void Remove(PublishOperation operation)
    {
        if (operation.Previous is null)
        {
            First = operation.Next;
        }
        else
        {
            operation.Previous.Next = operation.Next;
        }

        if (operation.Next is null)
        {
            _last = operation.Previous;
        }
        else
        {
            operation.Next.Previous = operation.Previous;
        }

        operation.Next = null;
        operation.Previous = null;
        operation.Lane = null;
        Count--;
    }
}
