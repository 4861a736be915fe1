// What the node answers to the shop: the routes below /api, and /shop/settings.

export interface Product {
  productId: string;
  productName: string;
  availableQuantity: number;
  reservedQuantity: number;
  price: number;
}

export interface Item {
  productId: string;
  productName: string;
  quantity: number;
  price: number;
}

export type OrderStatus = 'PENDING' | 'PAYMENT_PROCESSING' | 'PAYMENT_COMPLETED' | 'INVENTORY_RESERVED' | 'COMPLETED' | 'CANCELLED' | 'FAILED';

export interface Order {
  orderId: string;
  customerId: string;
  items: Item[];
  totalAmount: number;
  status: OrderStatus;
  failureReason: string | null;
  inventoryReservationId: string | null;
  sagaType: string | null;
  createdAt: string;
}

export type StepStatus = 'PENDING' | 'IN_PROGRESS' | 'SUCCESS' | 'FAILED' | 'COMPENSATED';

export type StepName = 'CREATE_ORDER' | 'PROCESS_PAYMENT' | 'RESERVE_INVENTORY' | 'COMPLETE_ORDER';

export type SagaStatus =
  | 'STARTED' | 'PAYMENT_PROCESSING' | 'PAYMENT_COMPLETED' | 'INVENTORY_RESERVING' | 'INVENTORY_RESERVED' | 'COMPLETED' | 'COMPENSATING' | 'COMPENSATED' | 'FAILED';

export interface Saga {
  sagaId: string;
  orderId: string;
  status: SagaStatus;
  steps: { name: StepName; status: StepStatus; error: string | null }[];
  orderData: { customerId: string; items: Item[]; totalAmount: number };
  paymentStatus: string | null;
  waitsForPayment: boolean;
  compensationReason: string | null;
  retryHistory: unknown[];
  createdAt: string;
}

export interface SagaPage {
  data: Saga[];
  pagination: { currentPage: number; totalPages: number; totalCount: number; hasNextPage: boolean; hasPrevPage: boolean };
}

export interface Payment {
  paymentId: string;
  orderId: string;
  amount: number;
  status: 'PENDING' | 'SUCCESS' | 'FAILED' | 'REFUNDED';
  paymentMethod: string;
  paymentKey: string | null;
  transactionId: string | null;
  failureReason: string | null;
  receiptUrl: string | null;
  processedAt: string | null;
  refundedAt: string | null;
  updatedAt: string;
}

export interface Reservation {
  status: 'RESERVED' | 'CONFIRMED' | 'RELEASED' | 'EXPIRED' | 'REFUSED';
}

export interface Settings {
  provider: 'simulated' | 'toss' | 'remote';
  shopConfirms: boolean; // a payment waits until the buyer has paid on the provider's page
  clientKey: string | null; // of Toss' widget
}
